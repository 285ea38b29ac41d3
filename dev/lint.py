def lint(places): return 0
