/* Names that other languages and the literature give to what is named otherwise here: for "did you mean". */
#ifndef ELBO_RUNTIME_SYNONYMS_H
#define ELBO_RUNTIME_SYNONYMS_H

/* What an argument or field may be called here that is called `word` elsewhere: words with a space between, the likeliest first;
   NULL: nothing is known. `function` says whose it is. */
const char *synonyms_of_argument(const char *function, const char *word);

/* What a built-in is called, or how it is written, that is called `word` elsewhere; NULL: nothing is known. */
const char *synonym_of_name(const char *word);

#endif
