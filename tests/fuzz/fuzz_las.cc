// Any bytes are a LAS file or an error; what is read can be written as an artifact.
#include <cstdint>
#include <cstdlib>

#include "welllog/las.h"
#include "welllog/log_plot.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = spillway::parse_las(bytes);
  if (!file) {
    if (file.error().detail.empty()) std::abort();
    return 0;
  }
  if (spillway::log_plot_json(file.value()).empty()) std::abort();
  return 0;
}
