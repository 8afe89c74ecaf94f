import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { packageRoot } from '../package-root.ts';
import type { Language } from './language.ts';

/** What stands on top of every printed page of figures that are not issued; of issued ones nothing. */
const ON_PAPER: Readonly<Record<Language, string>> = { en: 'PRELIMINARY', de: 'VORLÄUFIG' };

/** Style and type, shipped with the product: no host but this one is ever asked. */
@Controller('assets')
export class AssetsController {
  private readonly style = readFileSync(join(packageRoot, 'src', 'web', 'assets', 'style.css'));
  private readonly job = readFileSync(join(packageRoot, 'src', 'web', 'assets', 'job.js'));
  private readonly inter = readFileSync(
    join(packageRoot, 'node_modules', '@fontsource-variable', 'inter', 'files', 'inter-latin-wght-normal.woff2'),
  );

  @Get('style.css')
  @Header('Cache-Control', 'public, max-age=3600')
  stylesheet(): StreamableFile {
    return new StreamableFile(this.style, { type: 'text/css; charset=utf-8' });
  }

  /** Margins of printed pages: the hash of the run below, above whether it is preliminary. Its address is all that it holds. */
  @Get('print/:language/:state/:hash')
  @Header('Cache-Control', 'public, max-age=31536000, immutable')
  print(
    @Param('language') language: string,
    @Param('state') state: string,
    @Param('hash') file: string,
  ): StreamableFile {
    const hash = /^([0-9a-f]{64})\.css$/.exec(file)?.[1];
    const word = ON_PAPER[language as Language] as string | undefined;
    if (hash === undefined || word === undefined || !['preliminary', 'issued'].includes(state))
      throw new NotFoundException();
    const above = state === 'preliminary' ? `@top-right { content: '${word}'; font: 600 8pt Inter; }` : '';
    const css = `@page { @bottom-left { content: 'sha256 ${hash}'; font: 6.5pt monospace; } ${above} }\n`;
    return new StreamableFile(Buffer.from(css), { type: 'text/css; charset=utf-8' });
  }

  /** For the page of work under way alone: all others need none. */
  @Get('job.js')
  @Header('Cache-Control', 'public, max-age=3600')
  script(): StreamableFile {
    return new StreamableFile(this.job, { type: 'text/javascript; charset=utf-8' });
  }

  @Get('inter.woff2')
  @Header('Cache-Control', 'public, max-age=31536000, immutable')
  font(): StreamableFile {
    return new StreamableFile(this.inter, { type: 'font/woff2' });
  }
}
