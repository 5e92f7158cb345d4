// mocha adds `spec` to the files on the command line, so `spec` is set only where no file is named: `npx mocha test/docs.test.ts` runs one file.
const namesFiles = process.argv.slice(2).some((arg) => /\.test\.ts$|^test\//.test(arg));

export default {
  ...(namesFiles ? {} : { spec: 'test/**/*.test.ts' }),
  timeout: 600_000,
  'forbid-only': true,
  'forbid-pending': true,
};
