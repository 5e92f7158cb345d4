import tseslint from 'typescript-eslint';
import { plainComments } from './lint/plain-comments.js';

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'node_modules/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A union is switched without `default`, so that a new member is a compile error where it is not handled.
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Numbers in messages are seconds, counts and exit codes: they print the way they read.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Ports are interfaces of async methods; a fake answers at once.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    // chai's assertions are property reads.
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    plugins: { house: { rules: { 'plain-comments': plainComments } } },
    rules: { 'house/plain-comments': 'error' },
  },
  { files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked },
);
