import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HttpException } from '@nestjs/common';
import busboy from 'busboy';
import type { Request } from 'express';
import { InvalidInput } from '../domain/errors.ts';
import { processFolder } from '../process-folder.ts';

const LONGEST_JSON = 4_000_000;
/** Whatever an honest body holds, it is not nested deeper. */
const DEEPEST_JSON = 32;
/** Of a form, beside its file: a mapping fits. */
const LONGEST_FIELD = 200_000;
const LARGEST_UPLOAD = 2 * 1024 ** 3;

/** A file that came with a request, on disk until `remove`. */
export interface Upload {
  readonly path: string;
  /** as its sender calls it; default upload.csv */
  readonly name: string;
  readonly sha256: string;
  /** other fields of the form it came with */
  readonly fields: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** JSON of a request, strictly: UTF-8, one value, not too deep. @throws InvalidInput, HttpException 413, 415 */
export async function readJson(request: Request): Promise<{ value: unknown; sha256: string }> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LONGEST_JSON) throw new HttpException('too large', 413);
    hash.update(chunk);
    chunks.push(chunk);
  }
  if (bytes === 0) return { value: {}, sha256: hash.digest('hex') };
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) throw new HttpException('not JSON', 415);
  return { value: parsed(Buffer.concat(chunks)), sha256: hash.digest('hex') };
}

function parsed(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('not_utf8', 'the body is not UTF-8');
  }
  if (depthOf(text) > DEEPEST_JSON)
    throw malformed('too_deep', `the body is nested deeper than ${DEEPEST_JSON} levels`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed('not_json', 'the body is not JSON');
  }
}

function malformed(code: string, message: string): InvalidInput {
  return new InvalidInput([{ file: 'body', code, message, remedy: 'Send one JSON object in UTF-8.' }]);
}

/** Deepest nesting of brackets outside strings: known before anything is built from them. */
function depthOf(text: string): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i];
    if (inString) {
      if (sign === '\\') i += 1;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === '[' || sign === '{') deepest = Math.max(deepest, (depth += 1));
    else if (sign === ']' || sign === '}') depth -= 1;
  }
  return deepest;
}

/** A file of a request, to disk: the body itself, or the first file of a multipart form. @throws InvalidInput, HttpException */
export async function readUpload(request: Request): Promise<Upload> {
  const type = request.headers['content-type'] ?? '';
  if (/^multipart\/form-data\b/i.test(type)) return await firstFile(request);
  if (
    !/^(text\/csv|application\/(gzip|octet-stream|vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet))\b/i.test(
      type,
    )
  )
    throw new HttpException('no file', 415);
  const name = (request.query as Record<string, unknown>)['fileName'];
  return await spooled(request, typeof name === 'string' ? name : 'upload.csv');
}

async function firstFile(request: Request): Promise<Upload> {
  let taken: Promise<Upload> | undefined;
  const fields: Record<string, string> = {};
  try {
    const form = busboy({ headers: request.headers, limits: { files: 1, fields: 10, fieldSize: LONGEST_FIELD } });
    form.on('field', (name, value) => {
      fields[name] = value;
    });
    form.on('file', (_field, stream, { filename }) => {
      taken = spooled(stream, filename ?? 'upload.csv');
      taken.catch(() => stream.resume()); // the form ends, and then this is thrown
    });
    await pipeline(request, form);
  } catch (error) {
    await taken?.then((upload) => upload.remove()).catch(() => undefined);
    if (error instanceof HttpException) throw error;
    throw noFile('the form cannot be read');
  }
  if (taken === undefined) throw noFile('the form has no file');
  const upload = await taken;
  const names = Object.keys(fields).sort();
  const all = createHash('sha256').update(JSON.stringify([upload.sha256, names.map((name) => [name, fields[name]])]));
  return { ...upload, fields, sha256: all.digest('hex') };
}

const noFile = (message: string): InvalidInput =>
  new InvalidInput([{ file: 'body', code: 'no_file', message, remedy: 'Send one file.' }]);

async function spooled(source: Readable, given: string): Promise<Upload> {
  const folder = await mkdtemp(join(processFolder(), 'upload-'));
  const name = plainName(given);
  const path = join(folder, name);
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > LARGEST_UPLOAD ? new HttpException('too large', 413) : null, chunk);
    },
  });
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(source, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, name, sha256: hash.digest('hex'), fields: {}, remove };
}

/** A name that is one in every file system, and no path. */
function plainName(name: string): string {
  const last = name.slice(0, 200).split(/[/\\]/).at(-1)!;
  return last.replace(/[^\w. -]/g, '_').replace(/^\.+/, '_') || 'upload.csv';
}
