// node --import typescript-loader.mjs generate-in-child.mjs '{options}': prints the files and the peak memory as JSON.
import { peakBytes } from '../../src/cli/usage.ts';
import { generate } from '../../src/generator/generate.ts';

const { files } = await generate(JSON.parse(process.argv[2]));
process.stdout.write(JSON.stringify({ files, peakMegabytes: peakBytes() / 1024 / 1024 }));
