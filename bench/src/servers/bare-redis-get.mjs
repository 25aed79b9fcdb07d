// The floor of what asks Redis: one GET of something as long as a session, which is not even looked at.
import express from 'express';
import { createClient } from 'redis';
import { recordOf, user } from '../fixtures.mjs';

export async function app() {
  const client = await createClient({ url: process.env.REDIS_URL }).connect();
  await client.set('bare', JSON.stringify(recordOf(0)));
  return express().get('/me', async (_req, res) => {
    if ((await client.get('bare')) !== null) res.json(user);
  });
}
