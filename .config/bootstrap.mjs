// Runs before demo, test, bench and answerable: installs what the lock file names when it is not there yet,
// and with --build compiles. Two runs at once do not collide: a lock directory makes the second wait.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const stamp = join(root, 'node_modules', '.answerable-installed');
const lock = join(root, '.bootstrap.lock');
const holder = join(lock, 'pid');
const wanted = createHash('sha256').update(readFileSync('package-lock.json')).update(process.version).digest('hex');
const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** The run that holds the lock is gone when its process is; before it has said its number, when the lock is old. */
function abandoned() {
  try {
    process.kill(Number(readFileSync(holder, 'utf8')), 0);
    return false;
  } catch (error) {
    if (error.code === 'ENOENT')
      return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 5_000;
    return error.code === 'ESRCH';
  }
}

function withLock(deed) {
  for (let waited = 0; ; waited += 200) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (abandoned()) rmSync(lock, { recursive: true, force: true });
      if (waited === 1_000) process.stderr.write('answerable: waiting for another run that installs or builds …\n');
      if (waited > 900_000) throw new Error(`${lock} is held by another run; remove it if none is running`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  writeFileSync(holder, String(process.pid));
  try {
    deed();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Its output has said what is wrong; a stack of ours would only bury it. */
function run(file, args) {
  const { status, error } = spawnSync(file, args, { stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0;
}

withLock(() => {
  if (!installed()) {
    process.stderr.write('answerable: installing packages (npm ci) …\n');
    if (!run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'])) return;
    writeFileSync(stamp, wanted);
  }
  if (process.argv.includes('--build')) {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    run(process.execPath, [tsc, '-p', 'tsconfig.build.json']);
  }
});
