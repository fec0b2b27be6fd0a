/**
 * What CodeCommit does with a key of the customer's in the name of whoever makes, writes or reads the repository.
 * https://docs.aws.amazon.com/codecommit/latest/userguide/encryption.html
 */
export const WRITE_WITH_KEY = [
  'kms:DescribeKey',
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

export const READ_WITH_KEY = ['kms:DescribeKey', 'kms:Decrypt'];
