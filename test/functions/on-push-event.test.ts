import { readPushEvent } from '../../functions/on-push/event.ts';

const NO_LENGTH = { length: { toString: 0, valueOf: 0 } };
const record = {
  eventSource: 'aws:codecommit',
  eventSourceARN: 'arn:aws:codecommit:ap-northeast-1:111122223333:Source',
  eventId: 'e1',
};

it('takes an object with a length of no number for no list of records', () => {
  expect(readPushEvent({ Records: NO_LENGTH })).toEqual({
    records: [],
    rejected: ['not an event of a CodeCommit trigger: expected {"Records":[…]}'],
  });
});

it('rejects a record whose id is an object with a length of no number, and reads those beside it', () => {
  const { records, rejected } = readPushEvent({ Records: [{ ...record, eventId: NO_LENGTH }, record] });

  expect(records).toHaveLength(1);
  expect(rejected).toEqual(['a record with an unexpected eventId']);
});
