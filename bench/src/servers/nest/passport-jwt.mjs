import { UseGuards } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { nestApp } from '../../nest-app.mjs';
import { optionsFor } from '../api/passport-jwt.mjs';

export function app({ issuer }) {
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super(optionsFor(issuer));
    }
    validate(claims) {
      return claims;
    }
  }
  return nestApp({
    guards: [UseGuards(AuthGuard('jwt'))],
    providers: [JwtStrategy],
    subOf: (req) => req.user.sub,
  });
}
