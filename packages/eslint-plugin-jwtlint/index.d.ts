export { default } from 'jwtlint/eslint';
