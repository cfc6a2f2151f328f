/*
 * Text from outside on its way to the log and to people: what is not UTF-8,
 * and control characters, are shown as \xNN.
 */
#ifndef POLLER_SOURCE_PLAIN_H
#define POLLER_SOURCE_PLAIN_H

#include <stddef.h>

/*
 * Writes at most size bytes, the terminating zero among them, and never half
 * of a character.
 */
void	plain_text(char *out, size_t size, const char *text, size_t len);

#endif
