import { UseGuards } from '@nestjs/common';
import { AccessToken, TokenGuard, TokenModule } from '../../../../packages/nestjs/dist/index.js';
import { audience } from '../../fixtures.mjs';
import { nestApp } from '../../nest-app.mjs';

export function app({ issuer }) {
  return nestApp({
    imports: [TokenModule.forRoot({ issuer, audience })],
    guards: [UseGuards(TokenGuard)],
    parameter: AccessToken(),
    subOf: (token) => token.sub,
  });
}
