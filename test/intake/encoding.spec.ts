import { InvalidInput } from '../../src/domain/errors.ts';
import { asUtf8, detectEncoding, type EncodingName } from '../../src/intake/encoding.ts';

const TEXT = 'name;city\nJosé;Köln\nZoë 😀;Łódź\n';

function utf16(text: string, name: 'utf-16le' | 'utf-16be', mark: boolean): Buffer {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  return name === 'utf-16le' ? bytes : bytes.swap16();
}

async function recoded(bytes: Buffer, chunk: number, name?: EncodingName): Promise<string> {
  const found = detectEncoding(bytes);
  const encoding = { ...found, name: name ?? found.name };
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let i = 0; i < bytes.length; i += chunk) yield await Promise.resolve(bytes.subarray(i, i + chunk));
  }
  let text = '';
  for await (const part of asUtf8(chunks(), encoding, 'f.csv')) text += part.toString('utf8');
  return text;
}

describe('encoding of a file', () => {
  it.each([
    ['utf-8', Buffer.from(TEXT), 0],
    ['utf-8', Buffer.from(`\ufeff${TEXT}`), 3],
    ['utf-16le', utf16(TEXT, 'utf-16le', true), 2],
    ['utf-16be', utf16(TEXT, 'utf-16be', true), 2],
    ['utf-16le', utf16('plain,text\n1,2\n', 'utf-16le', false), 0],
    ['utf-16be', utf16('plain,text\n1,2\n', 'utf-16be', false), 0],
    ['windows-1252', Buffer.from('price;\x80 5\nJos\xe9;caf\xe9\n', 'latin1'), 0],
    ['utf-8', Buffer.from(''), 0],
  ])('is told: %s', (name, bytes, markBytes) => {
    expect(detectEncoding(bytes)).toEqual({ name, markBytes });
  });

  it.each([1, 2, 3, 5, 7, 1000])('recodes UTF-16 in chunks of %i bytes without losing a character', async (chunk) => {
    expect(await recoded(utf16(TEXT, 'utf-16le', true), chunk)).toBe(TEXT);
    expect(await recoded(utf16(TEXT, 'utf-16be', true), chunk)).toBe(TEXT);
  });

  it('recodes Windows-1252, the euro sign and quotes of its own included', async () => {
    expect(await recoded(Buffer.from('a;\x80\x93\xfc\x94\n', 'latin1'), 2)).toBe('a;€“ü”\n');
  });

  it('refuses bytes that the encoding does not have, with their line', async () => {
    const unassigned = Buffer.from('a;b\nJos\xe9;1\nx;\x8f\n', 'latin1');
    await expect(recoded(unassigned, 4)).rejects.toMatchObject({ faults: [{ line: 3, code: 'bad_encoding' }] });
    const lonely = Buffer.concat([utf16('a;b\nc;', 'utf-16le', true), Buffer.from([0x00, 0xd8, 0x61, 0x00])]);
    await expect(recoded(lonely, 3)).rejects.toBeInstanceOf(InvalidInput);
    await expect(recoded(lonely, 3)).rejects.toMatchObject({ faults: [{ line: 2 }] });
    const half = utf16('a;b\nc;d', 'utf-16le', true).subarray(0, -1);
    await expect(recoded(half, 1000)).rejects.toMatchObject({ faults: [{ line: 2 }] });
  });
});
