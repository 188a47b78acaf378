import jwt from 'jsonwebtoken';

/** Lets only requests with a token of the partner through. */
export function authenticate(request, response, next) {
  const token = request.headers.authorization?.replace('Bearer ', '');
  request.user = jwt.verify(token, process.env.PARTNER_PUBLIC_KEY);
  next();
}
