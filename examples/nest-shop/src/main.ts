import 'reflect-metadata';
import { OidcClient } from '@latchkey/core';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { ShopModule } from './shop.module.js';

const { ISSUER = '', CLIENT_ID = 'shop', CLIENT_SECRET, SESSION_SECRET = '', PORT = '3000' } = process.env;
const baseUrl = `http://localhost:${PORT}`;
const shop = await NestFactory.create(
  ShopModule.at({
    issuer: ISSUER,
    clientId: CLIENT_ID,
    ...(CLIENT_SECRET !== undefined && { clientSecret: CLIENT_SECRET }),
    baseUrl,
    session: { secret: SESSION_SECRET },
    token: { audience: `${baseUrl}/api` },
  }),
);
await shop.useWebSocketAdapter(new WsAdapter(shop)).listen(PORT);
console.log(shop.get(OidcClient).metadata());
