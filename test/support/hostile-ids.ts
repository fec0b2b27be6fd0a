/** What somebody could type for a replica's id, in the hope that it becomes a part of an address. */
export const HOSTILE_IDS = [
  'https://evil.example/v1/repos/Source',
  'Source--ap-northeast-3@evil.example',
  'Source--ap-northeast-3\\@evil.example',
  'Sоurce--ap-northeast-3',
  '../../evil',
  'Source%2f..%2fevil',
  '169.254.169.254',
  '__proto__',
  '',
];
