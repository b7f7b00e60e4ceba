import { loadSqlite } from '../../../../src/stores/sqlite/sqlite-driver.js';

/**
 * Begins a write to the file of a store as users of SQLite do, and stops within the transaction. When it is continued,
 * it ends the transaction.
 */
const { DatabaseSync } = await loadSqlite();
const database = new DatabaseSync(process.argv[2]!);
database.exec('BEGIN IMMEDIATE');
process.send!('stops');
// The message must have been sent before the process stops.
setTimeout(() => {
  process.kill(process.pid, 'SIGSTOP');
  setTimeout(() => {
    database.exec('ROLLBACK');
    database.close();
    process.disconnect();
  }, 50);
}, 50);
