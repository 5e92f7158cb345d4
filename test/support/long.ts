/** `npm run test:long` tries more: it runs the files that import this module. */
export const IS_LONG = process.env['TEST_LONG'] === '1';

/** How often `npm test` tries a law that `npm run test:long` tries this often. */
export const runs = (long: number): { readonly numRuns: number } => ({
  numRuns: IS_LONG ? long : Math.ceil(long / 10),
});
