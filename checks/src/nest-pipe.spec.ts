import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseQuery } from 'node:querystring';
import * as messages from '@latchkey/core';
import {
  AuthenticationRequest,
  AuthenticationSuccessResponse,
  BackChannelLogoutNotification,
  FrontChannelLogoutNotification,
  IdToken,
  Message,
  TokenSuccessResponse,
} from '@latchkey/core';
import {
  Body,
  Controller,
  Get,
  type INestApplication,
  Post,
  Query,
  type Type,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import ts from 'typescript';
import { root } from './tree.js';

// The messages as parameters of Nest's controllers: https://docs.nestjs.com/techniques/validation

interface Seen {
  instance: boolean;
  members: Record<string, unknown>;
}

/** What a controller was given. */
function seen(value: object, type: Type): Seen {
  return { instance: value instanceof type, members: { ...value } };
}

@Controller()
class Receiver {
  @Post('logout') logout(@Body() body: BackChannelLogoutNotification): Seen {
    return seen(body, BackChannelLogoutNotification);
  }
  @Get('front-channel') frontChannel(@Query() query: FrontChannelLogoutNotification): Seen {
    return seen(query, FrontChannelLogoutNotification);
  }
  @Get('callback') callback(@Query() query: AuthenticationSuccessResponse): Seen {
    return seen(query, AuthenticationSuccessResponse);
  }
  @Get('authorize') authorize(@Query() query: AuthenticationRequest): Seen {
    return seen(query, AuthenticationRequest);
  }
  @Post('id-token') idToken(@Body() body: IdToken): Seen {
    return seen(body, IdToken);
  }
  @Post('roles') roles(@Body() body: IdToken<{ roles: readonly string[] }>): Seen & { first: string | undefined } {
    return { ...seen(body, IdToken), first: body.roles[0] };
  }
  @Post('tokens') tokens(@Body() body: TokenSuccessResponse): Seen {
    return seen(body, TokenSuccessResponse);
  }
}

const platforms: [string, () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];
const pipes = {
  transforming: { transform: true },
  stock: undefined,
  whitelisting: { transform: true, whitelist: true },
  forbidding: { transform: true, whitelist: true, forbidNonWhitelisted: true },
  'implicitly converting': { transform: true, transformOptions: { enableImplicitConversion: true } },
} satisfies Record<string, ValidationPipeOptions | undefined>;

const request = 'scope=openid&response_type=code&client_id=rp&redirect_uri=https%3A%2F%2Frp.example%2Fcb';
const claims = { iss: 'https://op.example', sub: 'alice', aud: 'rp', exp: 1_900_000_000, iat: 1_800_000_000 };
const tokens = { access_token: 'opaque', token_type: 'Bearer' };

describe.each(platforms)('on %s', (_platform, adapter) => {
  const applications = new Map<keyof typeof pipes, { app: INestApplication; url: string }>();

  beforeAll(async () => {
    for (const [name, options] of Object.entries(pipes) as [keyof typeof pipes, ValidationPipeOptions | undefined][]) {
      const module = await Test.createTestingModule({ controllers: [Receiver] }).compile();
      const app = module.createNestApplication(adapter(), { logger: false });
      app.useGlobalPipes(new ValidationPipe(options));
      await app.listen(0, '127.0.0.1');
      applications.set(name, { app, url: await app.getUrl() });
    }
  });
  afterAll(async () => {
    for (const { app } of applications.values()) await app.close();
  });

  async function ask(pipe: keyof typeof pipes, path: string, init?: RequestInit): Promise<Answer> {
    const answer = await fetch(`${applications.get(pipe)?.url}/${path}`, init);
    return { status: answer.status, ...((await answer.json()) as object) };
  }
  const send = (type: string) => (pipe: keyof typeof pipes, path: string, body: string) =>
    ask(pipe, path, { method: 'POST', headers: { 'content-type': type }, body });
  const sendForm = send('application/x-www-form-urlencoded');
  const sendText = send('application/json');
  const sendJson = (pipe: keyof typeof pipes, path: string, body: object): Promise<Answer> =>
    sendText(pipe, path, JSON.stringify(body));

  describe('ValidationPipe({ transform: true })', () => {
    it('makes an instance of a form', async () => {
      expect(await sendForm('transforming', 'logout', 'logout_token=a.b.c')).toEqual({
        status: 201,
        instance: true,
        members: { logout_token: 'a.b.c' },
      });
    });
    it('makes an instance of a query', async () => {
      expect(await ask('transforming', 'callback?code=c&state=s&iss=https%3A%2F%2Fop.example')).toEqual({
        status: 200,
        instance: true,
        members: { code: 'c', state: 's', iss: 'https://op.example' },
      });
    });
    it('makes an instance of an empty query where nothing is required', async () => {
      expect(await ask('transforming', 'front-channel')).toEqual({ status: 200, instance: true, members: {} });
    });

    const lists = '&prompt=login+consent&ui_locales=de%20en&acr_values=a';
    it.each(['transforming', 'implicitly converting'] as const)(
      'converts the lists and the whole numbers of a query, %s',
      async (pipe) => {
        const { instance, members } = await ask(pipe, `authorize?${request}${lists}&max_age=3600&resource=https://a`);
        expect(instance).toBe(true);
        expect(members).toMatchObject({ prompt: ['login', 'consent'], ui_locales: ['de', 'en'], acr_values: ['a'] });
        expect(members).toMatchObject({ max_age: 3600, resource: 'https://a', client_id: 'rp' });
      },
    );
    it('takes a parameter that may come more than once', async () => {
      const { members } = await ask('transforming', `authorize?${request}&resource=https://a&resource=https://b`);
      expect(members?.resource).toEqual(['https://a', 'https://b']);
    });
    it('keeps other parameters of a message that keeps them', async () => {
      expect((await ask('transforming', `authorize?${request}&vendor=1`)).members?.vendor).toBe('1');
    });
    it.each(['transforming', 'implicitly converting'] as const)(
      'takes an optional parameter without a value for an absent one, %s',
      async (pipe) => {
        const empty = '&state=&max_age=&prompt=&display=&resource=';
        const { status, members } = await ask(pipe, `authorize?${request}${empty}`);
        expect([status, Object.keys(members ?? {}).sort()]).toEqual([
          200,
          ['client_id', 'redirect_uri', 'response_type', 'scope'],
        ]);
      },
    );

    it('makes an instance of JSON, and keeps other claims', async () => {
      const body = { ...claims, aud: ['rp', 'other'], azp: 'rp', amr: ['pwd'], address: { country: 'DE' } };
      expect(await sendJson('transforming', 'id-token', body)).toEqual({ status: 201, instance: true, members: body });
    });
    it('knows the class behind the generic', async () => {
      const body = { ...claims, roles: ['admin'] };
      const made = await sendJson('transforming', 'roles', body);
      expect(made).toEqual({ status: 201, instance: true, members: body, first: 'admin' });
      const { status, message } = await sendJson('transforming', 'roles', { roles: ['admin'] });
      expect([status, membersIn(message)]).toEqual([400, ['aud', 'exp', 'iat', 'iss', 'sub']]);
    });
    it('takes expires_in as text, and nothing else', async () => {
      const { status, members } = await sendJson('transforming', 'tokens', { ...tokens, expires_in: '3600' });
      expect([status, members]).toEqual([201, { ...tokens, expires_in: 3600 }]);
    });

    it.each([
      ['no code', 'callback?state=s', ['code']],
      ['an empty code', 'callback?code=', ['code']],
      ['a code that comes twice', 'callback?code=a&code=b', ['code']],
      ['a state that comes twice', 'callback?code=a&state=b&state=b', ['state']],
      ['a code in brackets', 'callback?code[]=a', ['code']],
      ['a code with a name below it', 'callback?code[toString]=a', ['code']],
      ['nothing that is required', 'authorize', ['client_id', 'redirect_uri', 'response_type', 'scope']],
      ['a number in words', `authorize?${request}&max_age=1h`, ['max_age']],
      ['a number with a sign', `authorize?${request}&max_age=%2B5`, ['max_age']],
      ['a number below 0', `authorize?${request}&max_age=-1`, ['max_age']],
      ['a fraction', `authorize?${request}&max_age=1.0`, ['max_age']],
      ['a number beyond the safe ones', `authorize?${request}&max_age=9007199254740993`, ['max_age']],
      ['a number that comes twice', `authorize?${request}&max_age=1&max_age=2`, ['max_age']],
      ['a single value that is two', `authorize?${request}&display=page+popup`, ['display']],
      ['a list that comes twice', `authorize?${request}&prompt=login&prompt=consent`, ['prompt']],
    ])('answers a query of %s with 400 and the members', async (_what, path, members) => {
      for (const pipe of ['transforming', 'stock', 'implicitly converting'] as const) {
        const { status, message } = await ask(pipe, path);
        expect([pipe, status, membersIn(message)]).toEqual([pipe, 400, members]);
      }
    });

    it.each([
      ['no token', 'other=1', ['logout_token']],
      ['an empty token', 'logout_token=', ['logout_token']],
      ['a token that comes twice', 'logout_token=a&logout_token=b', ['logout_token']],
      ['a token in brackets', 'logout_token[]=a', ['logout_token']],
      ['a token with a name below it', 'logout_token[a]=b', ['logout_token']],
      ['nothing', '', ['logout_token']],
      ['broken escapes', 'logout%5Ftoke%=%E0%A4', ['logout_token']],
    ])('answers a form of %s with 400 and the members', async (_what, body, members) => {
      for (const pipe of ['transforming', 'stock', 'implicitly converting'] as const) {
        const { status, message } = await sendForm(pipe, 'logout', body);
        expect([pipe, status, membersIn(message)]).toEqual([pipe, 400, members]);
      }
    });

    it.each([
      ['exp as text', 'id-token', { ...claims, exp: '5' }, ['exp']],
      ['iat as true', 'id-token', { ...claims, iat: true }, ['iat']],
      ['exp as null', 'id-token', { ...claims, exp: null }, ['exp']],
      ['aud as a list of numbers', 'id-token', { ...claims, aud: [1] }, ['aud']],
      ['amr as text with spaces', 'id-token', { ...claims, amr: 'pwd otp' }, ['amr']],
      ['a sub of 256 characters', 'id-token', { ...claims, sub: 'a'.repeat(256) }, ['sub']],
      ['several faults', 'id-token', { iss: 1, aud: 'rp', exp: 'x', iat: 1 }, ['exp', 'iss', 'sub']],
      ['expires_in in words', 'tokens', { ...tokens, expires_in: '1h' }, ['expires_in']],
      ['expires_in as empty text', 'tokens', { ...tokens, expires_in: '' }, ['expires_in']],
      // That null means absent there is read by the codecs alone.
      ['a refresh token that is null', 'tokens', { ...tokens, refresh_token: null }, ['refresh_token']],
      ['expires_in as a list', 'tokens', { ...tokens, expires_in: ['3600'] }, ['expires_in']],
      ['a fraction of a second', 'tokens', { ...tokens, expires_in: 1.5 }, ['expires_in']],
      ['an access token that is none', 'tokens', { ...tokens, access_token: 1 }, ['access_token']],
      ['an empty object', 'tokens', {}, ['access_token', 'token_type']],
      ['a list', 'tokens', [tokens], ['access_token', 'token_type']],
      ['an empty list', 'tokens', [], ['access_token', 'token_type']],
    ])('answers JSON of %s with 400 and the members', async (_what, path, body, members) => {
      for (const pipe of ['transforming', 'stock'] as const) {
        const { status, message } = await sendJson(pipe, path, body);
        expect([pipe, status, membersIn(message)]).toEqual([pipe, 400, members]);
      }
    });

    // The body parser of the platform or the pipe: which of them refuses differs, that one does not.
    it.each([
      '__proto__[logout_token]=a',
      'constructor[prototype][logout_token]=a',
      'logout_token[__proto__]=a',
      'logout_token[toString]=a',
      '__proto__=a&constructor=b&prototype=c',
    ])('answers a form of names of the prototype, %s, with 400', async (body) => {
      for (const pipe of ['transforming', 'stock'] as const)
        expect((await sendForm(pipe, 'logout', body)).status).toBe(400);
      expect({}).not.toHaveProperty('logout_token');
    });
    it.each(['null', '"text"', '5', 'true', '', '{', '{"iss":', '[null]', '{"iss":"a"} x'])(
      'answers the JSON %p with 400',
      async (body) => {
        for (const pipe of ['transforming', 'stock'] as const)
          expect((await sendText(pipe, 'id-token', body)).status).toBe(400);
      },
    );

    it.each(['__proto__', 'constructor', 'prototype'])('lets no member named %s do harm', async (name) => {
      const evil = JSON.stringify({ ...claims, harm: 0 }).replace('"harm":0', `"${name}":{"sub":"eve","polluted":1}`);
      const { status, members } = await sendText('transforming', 'id-token', evil);
      expect([
        [400, undefined],
        [201, claims],
      ]).toContainEqual([status, members]); // Fastify's parser refuses some by itself
      expect({}).not.toHaveProperty('polluted');
      // No constraint is passed over because of it: class-validator finds them by the constructor.
      const invalid = evil.replace('"alice"', '""');
      expect(await sendText('transforming', 'id-token', invalid)).toMatchObject({ status: 400 });
    });
    it('drops a claim that would shadow a method', async () => {
      const shadows = { validate: 'x', toJSON: 'x', toForm: 'x', hasOwnProperty: 'x', toString: 'x' };
      const { status, members } = await sendJson('transforming', 'id-token', { ...claims, ...shadows });
      expect([status, members]).toEqual([201, claims]);
    });
  });

  describe('ValidationPipe()', () => {
    it.each([
      ['a form', () => sendForm('stock', 'logout', 'logout_token=a&other=1'), { logout_token: 'a', other: '1' }],
      ['a query', () => ask('stock', 'callback?code=c&other=1'), { code: 'c', other: '1' }],
      [
        'a query with lists and numbers',
        () => ask('stock', 'authorize?scope=s&response_type=c&client_id=r&redirect_uri=u&prompt=a+b&max_age=5'),
        { scope: 's', response_type: 'c', client_id: 'r', redirect_uri: 'u', prompt: 'a b', max_age: '5' },
      ],
      ['JSON', () => sendJson('stock', 'id-token', { ...claims, roles: ['a'] }), { ...claims, roles: ['a'] }],
      [
        'JSON with expires_in as text',
        () => sendJson('stock', 'tokens', { ...tokens, expires_in: '5' }),
        { ...tokens, expires_in: '5' },
      ],
    ])('leaves %s plain, as it came', async (_what, answer, members) => {
      const { status, instance, members: came } = await answer();
      expect([status < 300, instance, came]).toEqual([true, false, members]);
    });
  });

  describe('ValidationPipe({ transform: true, whitelist: true })', () => {
    it('knows every declared member, and strips the others', async () => {
      const full = { ...claims, nbf: 1, auth_time: 1, nonce: 'n', acr: '1', amr: ['pwd'], azp: 'rp', sid: 's' };
      const { members } = await sendJson('whitelisting', 'id-token', { ...full, roles: ['admin'] });
      expect(members).toEqual(full);
      expect((await ask('whitelisting', `authorize?${request}&prompt=login&vendor=1`)).members).toEqual({
        ...parseQuery(request),
        prompt: ['login'],
      });
    });
    it('refuses the others where it is told to, by name', async () => {
      expect(await sendJson('forbidding', 'id-token', claims)).toMatchObject({ status: 201, members: claims });
      const { status, message } = await sendJson('forbidding', 'id-token', { ...claims, roles: ['admin'] });
      expect([status, message]).toEqual([400, ['property roles should not exist']]);
    });
  });
});

interface Answer extends Partial<Seen> {
  status: number;
  message?: string | string[];
  first?: string;
}

/** The members that a refusal names, once each. */
function membersIn(message: string | string[] | undefined): string[] {
  const texts = Array.isArray(message) ? message : [];
  return [...new Set(texts.map((text) => /^(?:each value in )?(\w+) /.exec(text)?.[1] ?? text))].sort();
}

describe('every message', () => {
  const pipe = new ValidationPipe({ transform: true });
  type Kind = Type<Message> & Record<'fromUrl' | 'fromForm' | 'fromJson', (wire: unknown) => Message>;
  const classes = Object.entries(messages as object).filter((entry): entry is [string, Kind] => {
    const value: unknown = entry[1];
    return typeof value === 'function' && value.prototype instanceof Message;
  });
  const transform = (type: Type, value: unknown): Promise<object> =>
    pipe.transform(value, { type: 'body', metatype: type }) as Promise<object>;
  const verdict = (made: () => unknown): Promise<string> =>
    Promise.resolve()
      .then(made)
      .then(
        () => 'valid',
        () => 'invalid',
      );

  it.each(classes)('%s: the pipe refuses {} where the codecs do', async (_name, type) => {
    expect(await verdict(() => transform(type, {}))).toBe(await verdict(() => type.fromJson({})));
  });

  interface Vector {
    id: string;
    message: string;
    wire: 'query' | 'form' | 'json' | 'jwt-claims';
    op: string;
    input: unknown;
  }
  const vectors = JSON.parse(readFileSync(join(root, 'packages/core/test/vectors/messages.json'), 'utf8')) as Vector[];
  const plain = ({ wire, input }: Vector): unknown => {
    if (typeof input !== 'string') return input;
    if (wire === 'query') return { ...parseQuery(new URL(input, 'https://rp.example').search.slice(1)) };
    return wire === 'form' ? { ...parseQuery(input) } : (JSON.parse(input) as unknown);
  };
  const codec = (type: Kind, { wire, input }: Vector): Message => {
    if (wire === 'query') return type.fromUrl(input);
    return wire === 'form' ? type.fromForm(input) : type.fromJson(input);
  };
  it.each(vectors.filter(({ op }) => op === 'parse').map((vector) => [vector.id, vector] as const))(
    '%s: the pipe and the codec agree',
    async (_id, vector) => {
      const type = classes.find(([name]) => name === vector.message)?.[1] as Kind;
      const made = await verdict(() => transform(type, plain(vector)));
      expect(made).toBe(await verdict(() => codec(type, vector)));
    },
  );
});

// Jest compiles with swc; what tsc makes of the generic alias decides in most programs.
it('is a class to the decorators as tsc compiles them, generic or not', () => {
  const file = join(root, 'checks/src/receiver.ts');
  const text = `
    import { AuthenticationRequest, IdToken } from '@latchkey/core';
    import { Body, Query } from '@nestjs/common';
    export class Receiver {
      take(@Body() body: IdToken<{ roles: string[] }>, @Query() query: AuthenticationRequest): void {}
    }`;
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    verbatimModuleSyntax: true,
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    paths: { '@latchkey/*': [join(root, 'packages/*/src/index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.readFile = (name) => (name === file ? text : onDisk.readFile(name));
  host.fileExists = (name) => name === file || onDisk.fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : onDisk.getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  expect(program.getSemanticDiagnostics(program.getSourceFile(file))).toEqual([]);
  let emitted = '';
  program.emit(program.getSourceFile(file), (_name, compiled) => (emitted = compiled));
  expect(emitted).toContain('__metadata("design:paramtypes", [IdToken, AuthenticationRequest])');
}, 60_000);
