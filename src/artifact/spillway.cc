// The facade: both services over one pair of stores.
#include "spillway/spillway.h"

#include <filesystem>

namespace spillway {

Spillway::Spillway(std::unique_ptr<Items> items, std::unique_ptr<Sessions> sessions)
    : items_(std::move(items)), sessions_(std::move(sessions)) {}

Result<std::unique_ptr<Spillway>> Spillway::open(const ItemsConfig& stores,
                                                 const MessageTable& messages) {
  SPILLWAY_TRY(auto items, Items::open(stores));
  SPILLWAY_TRY(auto sessions, Sessions::open(*items, messages));
  return std::unique_ptr<Spillway>(new Spillway(std::move(items), std::move(sessions)));
}

Result<std::unique_ptr<Spillway>> Spillway::open_directory(const std::string& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) {
    return make_error(Code::unavailable, "spillway.open", directory,
                      "cannot make the data directory: " + failure.message());
  }
  return open(embedded_config(directory));
}

ItemsConfig embedded_config(const std::string& directory) {
  const std::string path =
      std::filesystem::absolute(directory.empty() ? "." : directory).lexically_normal().string();
  ItemsConfig config;
  config.items_url = "embedded://" + path + "/items";
  config.objects_url = "file://" + path + "/objects";
  return config;
}

std::string_view version() { return SPILLWAY_VERSION; }

}  // namespace spillway
