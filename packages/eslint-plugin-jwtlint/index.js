export { default, 'module.exports' } from 'jwtlint/eslint';
