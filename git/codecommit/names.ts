/** The shape of an AWS region's name. */
export const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/;

/** CodeCommit's rule for repository names. */
export const REPOSITORY = /^(?!.*\.git$)(?!\.{1,2}$)[\w.-]{1,100}$/;

export const REGION_EXPECTED = 'expected an AWS region such as "ap-northeast-3"';

export const REPOSITORY_EXPECTED =
  'expected a CodeCommit repository name: 1 to 100 letters, digits, ".", "_" or "-", not ending in ".git"';
