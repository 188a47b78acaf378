export const PORT = 3000;
export const JWT_SECRET = 'made-up-Tr0ub4dor-and-3-for-the-demo';
