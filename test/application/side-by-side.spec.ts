import { SideBySide, type OwnPlace } from '../../src/application/side-by-side.ts';
import type { Tx } from '../../src/persistence/database.ts';

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Imports that do what the test says, and what was heard of them. */
class Imports {
  readonly heard: string[] = [];
  private readonly places = new Map<string, OwnPlace>();
  private readonly ends = new Map<string, { resolve: (report: string) => void; reject: (error: Error) => void }>();

  sideBySide(files: readonly string[], early: (file: string, before: readonly string[]) => boolean) {
    const numbers = files.map((_, at) => String(at + 1));
    return new SideBySide<string, string>(files, numbers, early, (file, place) => {
      this.places.set(file, place);
      this.heard.push(`begin ${file} ${place.importId}`);
      place.begun();
      return new Promise((resolve, reject) => this.ends.set(file, { resolve, reject }));
    });
  }

  turn(file: string): void {
    const tx = { query: () => Promise.resolve([]) } as unknown as Tx;
    void this.places
      .get(file)!
      .turn(tx)
      .then(
        () => this.heard.push(`turn ${file}`),
        (error: Error) => {
          this.heard.push(`no turn ${file}`);
          this.fail(file, error);
        },
      );
  }

  first(file: string): boolean {
    return this.places.get(file)!.first();
  }

  end(file: string): void {
    this.ends.get(file)!.resolve(`report of ${file}`);
  }

  fail(file: string, error: Error): void {
    this.ends.get(file)!.reject(error);
  }
}

describe('files side by side', () => {
  it('begins early what may, two at a time, and lets them end in their order', async () => {
    const imports = new Imports();
    const files = imports.sideBySide(['a', 'b', 'c', 'd'], (file) => file !== 'b');
    const a = files.next();
    expect(imports.heard).toEqual(['begin a 1', 'begin c 3']);
    expect([imports.first('a'), imports.first('c')]).toEqual([true, false]);
    imports.turn('c'); // nothing left to read: the next may begin
    await settled();
    expect(imports.heard.splice(0)).toEqual(['begin a 1', 'begin c 3', 'begin d 4']);
    imports.end('a');
    expect(await a).toBe('report of a');
    files.goOn();
    await settled();
    expect(imports.heard).toEqual([]);
    const b = files.next();
    await settled();
    expect(imports.heard.splice(0)).toEqual(['begin b 2']);
    imports.end('b');
    await b;
    files.goOn();
    await settled();
    expect(imports.heard.splice(0)).toEqual(['turn c']);
    expect(imports.first('c')).toBe(true);
    const c = files.next();
    imports.end('c');
    expect(await c).toBe('report of c');
    files.goOn();
    imports.turn('d');
    await settled();
    expect(imports.heard).toEqual(['turn d']);
    const d = files.next();
    imports.end('d');
    expect(await d).toBe('report of d');
    files.goOn();
    await files.end();
  });

  it('lets nothing after a refused file have its turn, and ends when all of it is taken back', async () => {
    const imports = new Imports();
    const files = imports.sideBySide(['a', 'b', 'c'], () => true);
    const a = files.next();
    imports.turn('b');
    await settled();
    imports.end('a');
    await a; // refused: nobody says that it goes on
    const end = files.end();
    expect(() => imports.first('c')).toThrow('a file before this one was refused');
    imports.turn('c');
    await end;
    expect(imports.heard).toEqual(['begin a 1', 'begin b 2', 'begin c 3', 'no turn b', 'no turn c']);
  });

  it('tells what went wrong early only when that file is next', async () => {
    const imports = new Imports();
    const files = imports.sideBySide(['a', 'b'], () => true);
    const a = files.next();
    imports.fail('b', new Error('unreadable'));
    await settled();
    imports.end('a');
    expect(await a).toBe('report of a');
    files.goOn();
    await expect(files.next()).rejects.toThrow('unreadable');
    await files.end();
  });
});
