#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fcgi/access/queue.h"

struct queue {
	queue_send	*send;
	void		*arg;
	pthread_t	 thread;
	pthread_mutex_t	 lock;		/* of all below */
	pthread_cond_t	 work;		/* there are lines, or it is to stop */
	pthread_cond_t	 done;		/* an attempt has ended */
	bool		 stop;
	bool		 failing;	/* the last attempt failed */
	uint64_t	 first;		/* number of the oldest line */
	size_t		 n;		/* lines from there on */
	size_t		 sending;	/* the first ones, without the lock */
	/* By number modulo QUEUE_MAX; NULL: it was taken back. */
	char		*line[QUEUE_MAX];
};

static struct timespec
after_ms(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static char **
place(struct queue *q, uint64_t number)
{
	return &q->line[number % QUEUE_MAX];
}

/* With the lock. */
static void
remove_line(struct queue *q, uint64_t number)
{
	free(*place(q, number));
	*place(q, number) = NULL;
}

/* With the lock: the next batch, with a NUL; q->sending says of how many. */
static void
compose(struct queue *q, struct buf *batch)
{
	const char *line, *separator = "";
	size_t i;

	buf_reset(batch);
	buf_char(batch, '[');
	q->sending = q->n < QUEUE_BATCH_MAX ? q->n : QUEUE_BATCH_MAX;
	for (i = 0; i < q->sending; i++) {
		if ((line = *place(q, q->first + i)) == NULL)
			continue;
		buf_str(batch, separator);
		buf_str(batch, line);
		separator = ",";
	}
	buf_str(batch, "]");
	buf_char(batch, '\0');
}

/* With the lock: removes the lines that were sent. */
static void
drop_sent(struct queue *q)
{
	for (; q->sending > 0; q->sending--, q->n--)
		remove_line(q, q->first++);
}

/* With the lock, which is released meanwhile: one attempt. */
static void
attempt(struct queue *q, struct buf *batch)
{
	bool ok;

	compose(q, batch);
	pthread_mutex_unlock(&q->lock);
	ok = buf_ok(batch) && q->send(q->arg, batch->data);
	pthread_mutex_lock(&q->lock);
	q->failing = !ok;
	if (ok)
		drop_sent(q);
	q->sending = 0;
	pthread_cond_broadcast(&q->done);
}

static void *
work(void *arg)
{
	struct queue *q = arg;
	struct buf batch = { 0 };
	struct timespec until;

	pthread_mutex_lock(&q->lock);
	while (q->n > 0 || !q->stop) {
		if (q->n == 0) {
			pthread_cond_wait(&q->work, &q->lock);
			continue;
		}
		attempt(q, &batch);
		if (!q->failing)
			continue;
		until = after_ms(QUEUE_AGAIN_MS);
		while (!q->stop && pthread_cond_timedwait(&q->work, &q->lock,
		    &until) == 0)
			;
		if (q->stop) {
			/* It may have failed before that was known. */
			attempt(q, &batch);
			if (q->failing)
				break;
		}
	}
	pthread_mutex_unlock(&q->lock);
	buf_free(&batch);
	return NULL;
}

struct queue *
queue_start(queue_send *send, void *arg)
{
	struct queue *q = calloc(1, sizeof(*q));
	pthread_condattr_t monotonic;
	int rc;

	if (q == NULL)
		return NULL;
	q->send = send;
	q->arg = arg;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->work, &monotonic);
	pthread_cond_init(&q->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	rc = pthread_create(&q->thread, NULL, work, q);
	if (rc == 0)
		return q;
	free(q);
	errno = rc;
	return NULL;
}

size_t
queue_stop(struct queue *q)
{
	size_t left = 0;

	if (q == NULL)
		return 0;
	pthread_mutex_lock(&q->lock);
	q->stop = true;
	pthread_cond_signal(&q->work);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	for (; q->n > 0; q->n--) {
		left += *place(q, q->first) != NULL;
		remove_line(q, q->first++);
	}
	pthread_cond_destroy(&q->work);
	pthread_cond_destroy(&q->done);
	pthread_mutex_destroy(&q->lock);
	free(q);
	return left;
}

/* With the lock: waits for a line; see queue_add(). */
static enum queue_end
wait_for(struct queue *q, uint64_t number, unsigned wait_ms, bool take_back)
{
	const struct timespec until = after_ms(wait_ms);
	int rc = 0;

	while (q->first <= number && rc == 0 && (take_back || !q->failing))
		rc = pthread_cond_timedwait(&q->done, &q->lock, &until);
	if (q->first > number)
		return QUEUE_WRITTEN;
	if (!take_back)
		return QUEUE_WAITS;
	remove_line(q, number);	/* what is being sent is a copy */
	return QUEUE_TAKEN_BACK;
}

enum queue_end
queue_add(struct queue *q, const char *line, unsigned wait_ms, bool take_back)
{
	char *copy = strdup(line);
	enum queue_end end = QUEUE_FULL;
	uint64_t number;

	if (copy == NULL)
		return QUEUE_FULL;
	pthread_mutex_lock(&q->lock);
	if (q->n < QUEUE_MAX) {
		number = q->first + q->n++;
		*place(q, number) = copy;
		copy = NULL;
		if (!q->failing)	/* else the thread comes by itself */
			pthread_cond_signal(&q->work);
		end = wait_for(q, number, wait_ms, take_back);
	}
	pthread_mutex_unlock(&q->lock);
	free(copy);
	return end;
}

size_t
queue_waiting(struct queue *q)
{
	size_t n, i;

	pthread_mutex_lock(&q->lock);
	for (n = i = 0; i < q->n; i++)
		n += *place(q, q->first + i) != NULL;
	pthread_mutex_unlock(&q->lock);
	return n;
}
