#include "lexer/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* strtod and printf use the locale's decimal point, which the program that embeds us may have set. */
static const char *decimal_point(void)
{
    const char *point = localeconv()->decimal_point;

    return point != NULL && point[0] != '\0' ? point : ".";
}

bool number_read(const char *text, size_t length, double *out)
{
    char digits[NUMBER_MAX_LENGTH + 16];
    const char *point = decimal_point();
    size_t used = 0;

    if (length > NUMBER_MAX_LENGTH || strlen(point) > 8)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.') {
            memcpy(digits + used, point, strlen(point));
            used += strlen(point);
        } else if (text[i] != '_') {
            digits[used++] = text[i];
        }
    }
    digits[used] = '\0';
    *out = strtod(digits, NULL);
    return isfinite(*out);
}

size_t number_write(double value, char out[32])
{
    const char *point = decimal_point();
    char *found;

    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    found = strcmp(point, ".") == 0 ? NULL : strstr(out, point);
    if (found != NULL) {
        *found = '.';
        memmove(found + 1, found + strlen(point), strlen(found + strlen(point)) + 1);
    }
    return strlen(out);
}
