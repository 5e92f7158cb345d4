export interface Credentials {
  /** Headers of the request; empty without a login. */
  readonly headers: Readonly<Record<string, string>>;
  /** Returns the text without any part of the login. */
  readonly hide: (text: string) => string;
  /** What to do when the server answers 401 or 403. */
  readonly remedy: string;
}

export type ReadCredentials = () => Credentials;
