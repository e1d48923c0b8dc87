# The commands of this project. Each is one line over tools/setup.sh, for machines that have no make.
.PHONY: help demo run test soak bench lock
help: ; @tools/setup.sh help
demo: ; @RESET="$(RESET)" NODES="$(NODES)" tools/setup.sh demo
run: ; @tools/setup.sh run
test: ; @tools/setup.sh test
soak: ; @tools/setup.sh soak
bench: ; @tools/setup.sh bench
lock: ; @tools/setup.sh lock
