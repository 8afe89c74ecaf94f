import { rm } from 'node:fs/promises';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import multer, { MulterError } from 'multer';
import { processFolder } from '../process-folder.ts';

/** Of one upload through the pages; larger files go through `answerable import`. */
export const MOST_UPLOAD_BYTES = 100_000_000;

/**
 * Reads a form with one file, `file`, onto the disk, for whoever is signed in; nobody else may fill it. The file is gone
 * when the answer is, unless the answer has moved it away.
 */
export function fileOfForm(): RequestHandler {
  const read = multer({
    dest: processFolder(),
    limits: { fileSize: MOST_UPLOAD_BYTES, files: 1, fields: 5, fieldSize: 10_000, parts: 6 },
    // Browsers send names in UTF-8; without this they are read as Latin-1.
    defParamCharset: 'utf8',
  }).single('file');
  return (request: Request, response: Response, next: NextFunction) => {
    if (request.session.login === undefined) return next();
    response.on('close', () => {
      if (request.file) void rm(request.file.path, { force: true });
    });
    read(request, response, (fault: unknown) => {
      if (!(fault instanceof MulterError)) return next(fault);
      const statusCode = fault.code === 'LIMIT_FILE_SIZE' ? 413 : 400;
      next(Object.assign(fault, { statusCode }));
    });
  };
}
