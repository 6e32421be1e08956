#include "parser/spelling.h"

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

/* Optimal string alignment, with three rows of the table. */
unsigned spelling_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][SPELLING_MAX + 1];

    if (a_length > SPELLING_MAX || b_length > SPELLING_MAX)
        return SPELLING_FAR;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && over[j - 2] + 1 < row[j])
                row[j] = over[j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

bool spelling_is_close(const char *word, size_t word_length, const char *known, size_t known_length)
{
    unsigned allowed = known_length >= 5 ? 2 : 1;

    if (word_length < 2 || (word_length == 2 && known_length == 2 && (word[0] != known[1] || word[1] != known[0])))
        return false;
    return spelling_distance(word, word_length, known, known_length) <= allowed;
}
