import { Body, Param } from '@nestjs/common';
import { NO_FILES, type Spec } from '../application/evaluate/method.ts';
import { METHODS, methodNamed } from '../application/evaluate/methods.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { SomeRecord } from './fields.ts';
import { Api, Reads, Tries } from './operation.ts';
import { CodePipe } from './request.pipe.ts';

class EvaluationRequest {
  @SomeRecord({ about: 'what the method takes, with its data inline; GET /methods/{name} says which keys' })
  readonly spec: Spec;
}

/** The methods of the product on a small input, to hold them against a published table. */
@Api('Methods', 'methods')
export class MethodsController {
  @Reads('', { about: 'every method, in one line each' })
  async list() {
    const methods = await Promise.all(Object.values(METHODS).map((load) => load()));
    return { items: methods.map(({ name, about }) => ({ name, about })), next: null };
  }

  @Reads(':name', { about: 'what a method takes, with an example' })
  async show(@Param('name', CodePipe) method: string) {
    const { name, about, shape, example } = await methodNamed(method);
    return { name, about, shape, example };
  }

  @Tries(':name', { about: 'a method on a small input; a flat object of its results' })
  async evaluate(@Who() actor: Actor, @Param('name', CodePipe) method: string, @Body() { spec }: EvaluationRequest) {
    requireRight(actor, 'read_all');
    return (await methodNamed(method)).run(spec, NO_FILES);
  }
}
