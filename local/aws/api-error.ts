/** An error as an AWS service answers it: the name is what SDKs turn into an exception class. */
export class ApiError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** What the local mode does not do, it says: a silent half-answer would only fail later, on AWS. */
export const unsupported = (service: string, operation: string): ApiError =>
  new ApiError('UnsupportedOperation', `ccrepl's local mode does not support ${service} ${operation}`, 501);
