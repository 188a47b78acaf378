/** What functions that check a token are called. */
export const CHECK_NAME = /^(?:verify|validate|authenticate|introspect|check|assert|ensure|isvalid)/i;
