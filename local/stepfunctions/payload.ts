/** Step Functions' limit for the input and the output of a state and of an execution, as JSON in UTF-8. */
export const PAYLOAD_BYTES_MAX = 262_144;

export const isTooLarge = (json: string): boolean => Buffer.byteLength(json) > PAYLOAD_BYTES_MAX;
