#include "diag/platform.h"

int main(int argc, char **argv)
{
    return exdiag_main(argc, argv);
}
