/*
 * The smallest possible FastCGI program, as a measure for the others: threads
 * on one socket, as libfcgi recommends, and an answer of a given size that is
 * made only once.
 *
 *	hello SOCKET [threads [bytes]]		until it is killed
 */
#include <err.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int fd;
static char *body;
static int len;

static void *
work(void *arg)
{
	FCGX_Request req;

	(void)arg;
	if (FCGX_InitRequest(&req, fd, 0) != 0)
		errx(1, "FCGX_InitRequest");
	while (FCGX_Accept_r(&req) == 0) {
		FCGX_FPrintF(req.out, "Status: 200 OK\r\n"
		    "Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n",
		    len);
		FCGX_PutStr(body, len, req.out);
		FCGX_Finish_r(&req);
	}
	return NULL;
}

static int
number(const char *text, int max)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end != '\0' || n < 1 || n > max)
		errx(2, "%s: must be a number, 1 to %d", text, max);
	return (int)n;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	int threads, i;

	if (argc < 2 || argc > 4)
		errx(2, "usage: hello SOCKET [threads [bytes]]");
	threads = argc > 2 ? number(argv[2], 64) : 4;
	len = argc > 3 ? number(argv[3], 1 << 24) : 12;
	if ((body = malloc((size_t)len)) == NULL)
		err(1, NULL);
	memset(body, 'x', (size_t)len);
	if (FCGX_Init() != 0 || (fd = FCGX_OpenSocket(argv[1], 1024)) == -1)
		errx(1, "%s: cannot listen", argv[1]);
	chmod(argv[1], 0666);
	for (i = 1; i < threads; i++)
		if (pthread_create(&thread, NULL, work, NULL) != 0)
			errx(1, "pthread_create");
	work(NULL);
	return 1;
}
