import express from 'express';
import { authenticate } from './authenticate.js';
import { PORT } from './constants.js';
import { login } from './login.js';
import { refresh } from './refresh.js';

const app = express();
app.use(express.json());
app.post('/login', login);
app.post('/refresh', refresh);
app.get('/me', authenticate, (request, response) => response.json(request.user));
app.listen(PORT);
