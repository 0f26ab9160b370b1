# The two commands of README.md and the ones beside them. Everything is built under
# build/, one folder a CMake preset; every target installs what it needs first.
.PHONY: demo check check-extended check-windows windows package bench pictures build lint format clean

demo: build
	build/release/exdiag demo

build:
	tests/install.sh build
	cmake --preset release -DEXDIAG_TESTS=OFF
	cmake --build --preset release --target exdiag

# build/windows/exdiag.exe, cross-compiled; the first time, its libraries too
windows:
	tests/install.sh windows
	export EXDIAG_WINDOWS_LIBRARIES=$$(win32/libraries.sh) && \
	    cmake --fresh --preset mingw -DEXDIAG_TESTS=OFF && cmake --build --preset mingw --target exdiag

# build/package: for Windows a zip, an MSI and an installer, for this release of Debian or Ubuntu a
# .deb, what is in them (SPDX), and the sums of all.
package:
	tests/install.sh package
	$(MAKE) windows
	win32/package/all.sh build/package

check-windows:
	tests/install.sh check-windows
	tests/windows/run.sh

check:
	tests/install.sh check
	tests/check.sh

check-extended:
	tests/install.sh extended
	tests/check-extended.sh

bench:
	tests/install.sh bench
	tests/bench/run.sh

# Those of README.md and docs/, of reports as they are now
pictures: build
	tests/install.sh pictures
	docs/pictures/make.sh build/release

lint:
	tests/install.sh check
	tests/walls.sh
	tests/lint.sh

format:
	git ls-files -- '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build
