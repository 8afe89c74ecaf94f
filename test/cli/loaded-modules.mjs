// Given to node by --import: says at the end whether anything of OpenTelemetry was loaded.
import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);
process.once('exit', () => {
  // Metrics need its interface, @opentelemetry/api, which does nothing by itself.
  const loaded = Object.keys(cache).filter((file) => /@opentelemetry.(?!api.)/.test(file));
  process.stderr.write(`opentelemetry files loaded: ${loaded.length}\n`);
});
