"""The verbs of `manage.py audit`: each says what it is for (`HELP`), which words it takes, and does it.

add_arguments(parser)  declares them on the verb's own parser
run(options, out)      does it, prints to `out`, raises CommandError with the sentence for standard error
"""
