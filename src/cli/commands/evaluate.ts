import type { Command } from 'commander';
import type { EvaluateMethod, Spec } from '../../application/evaluate/method.ts';
import { Refusal } from '../../domain/errors.ts';
import { jsonText, type Answer } from '../answer.ts';
import { addCommand, answering, helpOf } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import { inputName, readText } from '../input.ts';
import type { Shell } from '../shell.ts';
import { pairs } from '../table.ts';

/** `evaluate METHOD SPEC.json`, and its own help: `evaluate --help METHOD` explains the method. */
export function addEvaluateCommand(root: Command): void {
  const command = addCommand(root, {
    name: 'evaluate [method] [spec]',
    about: 'one of the methods on a small input, to hold it against a published table',
    examples: ['evaluate --help tdabc', 'evaluate tdabc spec.json', 'evaluate apportion - < spec.json'],
    notes: 'Prints one flat JSON object. SPEC is a JSON file, - is stdin; data may lie in a CSV file beside it.',
  })
    .helpOption(false)
    .option('-h, --help', 'this text and the methods; with METHOD its spec and an example');
  command.action(
    answering(async (_shell: Shell, name: string | undefined, spec: string | undefined, options: { help?: true }) => {
      const { METHODS, methodNamed } = await import('../../application/evaluate/methods.ts');
      if (name === undefined) {
        const methods = await Promise.all(Object.values(METHODS).map((load) => load()));
        const answer = listing(helpOf(command), methods);
        if (options.help) return answer;
        throw new WrongUsage(
          `which method? There are ${Object.keys(METHODS).join(', ')}`,
          'answerable evaluate --help',
        );
      }
      const method = await methodNamed(name);
      if (options.help) return description(method);
      if (spec === undefined) {
        throw new WrongUsage(`${name} needs a spec`, `answerable evaluate --help ${name}`);
      }
      return await evaluation(method, spec);
    }),
  );
}

async function evaluation(method: EvaluateMethod, path: string): Promise<Answer> {
  const { specFolder } = await import('../../application/evaluate/method.ts');
  const result = method.run(readSpec(path), path === '-' ? process.cwd() : specFolder(path));
  return { json: result, text: jsonText(result) };
}

function readSpec(path: string): Spec {
  const text = readText(path);
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (error) {
    throw new Refusal('bad_spec', `${inputName(path)} is not JSON: ${(error as Error).message}`);
  }
  if (spec === null || typeof spec !== 'object' || Array.isArray(spec)) {
    throw new Refusal('bad_spec', 'a spec is one JSON object', { next: 'answerable evaluate --help METHOD' });
  }
  return spec as Spec;
}

function listing(help: string, methods: readonly EvaluateMethod[]): Answer {
  const list = methods.map((method) => [method.name, method.about] as const);
  return {
    json: { methods: list.map(([name, about]) => ({ name, about })) },
    text: `${help}\nMethods:\n${indented(pairs(list))}`,
    next: 'answerable evaluate --help METHOD',
  };
}

function description(method: EvaluateMethod): Answer {
  const { name, about, shape, example } = method;
  const shown = JSON.stringify(example, null, 2);
  const text = [
    `answerable evaluate ${name} SPEC.json`,
    `${about}\n`,
    `Spec (* must be there):\n${indented(shape)}\n`,
    `Example:\n${indented(`answerable evaluate ${name} - <<'EOF'`)}\n${indented(shown)}\n${indented('EOF')}`,
  ];
  return { json: { name, about, shape, example }, text: text.join('\n') };
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
