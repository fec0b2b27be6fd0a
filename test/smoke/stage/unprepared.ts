/** What a check needs could not be made, so its question was never put. */
export class Unprepared extends Error {
  override readonly name = 'Unprepared';
}
