import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { packageRoot } from '../package-root.ts';

/** Style and type, shipped with the product: no host but this one is ever asked. */
@Controller('assets')
export class AssetsController {
  private readonly style = readFileSync(join(packageRoot, 'src', 'web', 'assets', 'style.css'));
  private readonly inter = readFileSync(
    join(packageRoot, 'node_modules', '@fontsource-variable', 'inter', 'files', 'inter-latin-wght-normal.woff2'),
  );

  @Get('style.css')
  @Header('Cache-Control', 'public, max-age=3600')
  stylesheet(): StreamableFile {
    return new StreamableFile(this.style, { type: 'text/css; charset=utf-8' });
  }

  @Get('inter.woff2')
  @Header('Cache-Control', 'public, max-age=31536000, immutable')
  font(): StreamableFile {
    return new StreamableFile(this.inter, { type: 'font/woff2' });
  }
}
