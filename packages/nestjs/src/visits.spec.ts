import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { OidcClient } from '@latchkey/core';
import { secret } from '../test/app.js';
import { visitOf } from './visits.js';

const clientOf = (clientId: string): OidcClient =>
  new OidcClient({ issuer: 'https://op.example', clientId, baseUrl: 'https://app.example', session: { secret } });

function requestOf(url: string): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { url, method: 'POST', headers: { accept: 'text/html' } });
}

it('makes one visit of a request at a client, whoever asks', () => {
  const [one, other, request] = [clientOf('one'), clientOf('other'), requestOf('/a?b=c')];
  const visit = visitOf(request, one);
  expect(visitOf(request, one)).toBe(visit);
  expect(visitOf(request, other).client).toBe(other);
  expect(visitOf(request, one)).toBe(visit);
  expect(visitOf(requestOf('/a?b=c'), one)).not.toBe(visit);
  expect([visit.method, visit.target, visit.header('accept')]).toEqual(['POST', '/a?b=c', 'text/html']);
});

it('is of the URL that the browser asked for, whatever the framework has cut off', () => {
  const request = Object.assign(requestOf('/b'), { originalUrl: '/a/b' });
  expect(visitOf(request, clientOf('one')).target).toBe('/a/b');
});
