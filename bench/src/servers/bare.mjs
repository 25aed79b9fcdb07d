// The floor: a route that answers everybody.
import express from 'express';
import { user } from '../fixtures.mjs';

export function app() {
  return express().get('/me', (_req, res) => res.json(user));
}
