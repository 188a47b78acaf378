import jwt from 'jsonwebtoken';

const refreshSecret = process.env.REFRESH_TOKEN_SECRET || 'made-up-refresh-demo-only';

/** Gives a new token for an old one. */
export function refresh(request, response) {
  const { sub } = jwt.verify(request.body.token, refreshSecret, { algorithms: ['HS256'] });
  response.json({ token: jwt.sign({ sub }, refreshSecret, { expiresIn: '30d' }) });
}
