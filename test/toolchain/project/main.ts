import { check } from './check.js';

check().then(console.log, (error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
