// fault_proxy: a slow network in front of a server on the loopback, for benchmarks and scripts.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "support/fault_proxy.h"

int main(int argc, char** argv) {
  int upstream_port = 0, port = 0;
  long latency_millis = 0;
  double failing = 0;
  bool altering = false;
  CLI::App app("Forwards from 127.0.0.1 to 127.0.0.1, late and unreliable, until it is stopped.");
  app.add_option("--upstream", upstream_port, "port of the server")->required();
  app.add_option("--listen", port, "port to listen on; 0 takes a free one, which is printed");
  app.add_option("--latency-ms", latency_millis, "that every request and every reply is late by");
  app.add_option("--failing", failing, "share of requests that are reset, 0 to 1");
  app.add_flag("--altering", altering, "change a byte in the body of every reply to a GET");
  CLI11_PARSE(app, argc, argv);

  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  spillway::FaultProxy proxy(upstream_port, port);
  proxy.set_latency(std::chrono::milliseconds(latency_millis));
  if (failing > 0) proxy.rules().add({.probability = failing}, spillway::faults::reset());
  if (altering) proxy.rules().add({.method = "GET"}, spillway::faults::flip_reply(1'000));
  std::cout << proxy.url() << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}
