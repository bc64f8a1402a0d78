// What only the S3 store promises, on a real S3.
#include <gtest/gtest.h>
