/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "worker-pool.h"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <list>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace ns3
{

namespace
{

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;

/// How often the leader's tick comes.
constexpr std::chrono::milliseconds TICK{200};

/// What precedes the text that a worker sends. Both ends are the same program.
struct Head
{
    uint64_t failed; //!< 1: the task has failed, and the text tells why
    uint64_t size;   //!< size of the text in bytes
};

/**
 * What a worker does until its leader closes the connection.
 *
 * @param socket the connection to the leader
 * @param log takes what the worker writes to stderr
 * @param leader the leader's process
 * @param work does a task
 */
[[noreturn]] void
BeWorker(Socket& socket, int log, pid_t leader, const WorkerPool::Work& work)
{
    // Signals of the terminal or the scheduler are the leader's to handle.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL); // also in the middle of a task
#endif
    if (getppid() != leader)
    {
        _exit(1);
    }
    dup2(log, STDERR_FILENO);
    boost::system::error_code error;
    uint64_t task = 0;

    struct stat status
    {
    };

    while (asio::read(socket, asio::buffer(&task, sizeof task), error) > 0 && !error)
    {
        Head head{};
        std::string text;
        if (fstat(log, &status) == 0 && status.st_size > 0 && ftruncate(log, 0) != 0)
        {
            _exit(1);
        }
        try
        {
            text = work(task);
        }
        catch (const std::exception& exception)
        {
            head.failed = 1;
            text = exception.what();
        }
        head.size = text.size();
        asio::write(
            socket,
            std::array<asio::const_buffer, 2>{asio::buffer(&head, sizeof head), asio::buffer(text)},
            error);
    }
    _exit(0); // what is to be destroyed is the leader's
}

/// A run of the pool.
class Team
{
  public:
    /**
     * @param timeout how long a task may take, in s; 0: as long as it likes
     * @param work does a task
     * @param leader what the leader does
     */
    Team(double timeout, const WorkerPool::Work& work, const WorkerPool::Leader& leader)
        : m_timeout(timeout),
          m_work(work),
          m_leader(leader),
          m_signals(m_io, SIGINT, SIGTERM),
          m_tick(m_io)
    {
    }

    ~Team()
    {
        for (auto& worker : m_workers)
        {
            kill(worker.process, SIGKILL);
            waitpid(worker.process, nullptr, 0);
            std::fclose(worker.log);
        }
    }

    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    /**
     * @param jobs how many workers
     * @return the signal that ended the run, 0 without one
     */
    int Run(uint32_t jobs)
    {
        int signal = 0;
        m_signals.async_wait([this, &signal](const boost::system::error_code& error, int number) {
            if (!error)
            {
                signal = number;
                m_io.stop();
            }
        });
        Tick();
        for (uint32_t i = 0; i < jobs; i++)
        {
            if (const auto task = m_leader.next())
            {
                Start(*task);
            }
        }
        if (!m_workers.empty())
        {
            m_io.run();
        }
        return signal;
    }

  private:
    /// A worker.
    struct Worker
    {
        /**
         * @param io runs the handlers
         */
        explicit Worker(asio::io_context& io)
            : socket(io),
              timer(io)
        {
        }

        Socket socket;            //!< the connection to it
        asio::steady_timer timer; //!< runs out with its task's time
        pid_t process{0};         //!< its process
        std::FILE* log{nullptr};  //!< what it writes to stderr
        uint64_t task{0};         //!< what it is at
        bool late{false};         //!< whether its time has run out
    };

    using Iterator = std::list<Worker>::iterator;

    /**
     * Call the leader's tick, and again.
     */
    void Tick()
    {
        m_leader.tick();
        m_tick.expires_after(TICK);
        m_tick.async_wait([this](const boost::system::error_code& error) {
            if (!error)
            {
                Tick();
            }
        });
    }

    /**
     * Start a worker.
     *
     * @param task its first task
     */
    void Start(uint64_t task)
    {
        std::FILE* log = std::tmpfile();
        if (!log)
        {
            throw std::runtime_error(std::string("no temporary file: ") + std::strerror(errno));
        }
        fcntl(fileno(log), F_SETFL, O_APPEND);
        const Iterator worker = m_workers.emplace(m_workers.end(), m_io);
        worker->log = log;
        Socket end(m_io);
        asio::local::connect_pair(worker->socket, end);
        const pid_t leader = getpid();
        worker->process = fork();
        if (worker->process == 0)
        {
            for (auto& other : m_workers) // else the others would outlive their leader
            {
                close(other.socket.native_handle());
            }
            BeWorker(end, fileno(log), leader, m_work);
        }
        if (worker->process < 0)
        {
            std::fclose(log);
            m_workers.erase(worker);
            throw std::runtime_error(std::string("no process for a worker: ") +
                                     std::strerror(errno));
        }
        HandOut(worker, task);
    }

    /**
     * Give a worker a task.
     *
     * @param worker the worker
     * @param task the task
     */
    void HandOut(Iterator worker, uint64_t task)
    {
        worker->task = task;
        boost::system::error_code error; // one that has died is found by reading
        asio::write(worker->socket, asio::buffer(&worker->task, sizeof worker->task), error);
        if (m_timeout > 0)
        {
            worker->timer.expires_after(
                std::chrono::microseconds(static_cast<int64_t>(m_timeout * 1e6)));
            worker->timer.async_wait([worker](const boost::system::error_code& cancelled) {
                if (!cancelled)
                {
                    worker->late = true;
                    kill(worker->process, SIGKILL);
                }
            });
        }
        worker->socket.async_wait(
            Socket::wait_read,
            [this, worker](const boost::system::error_code&) { Receive(worker); });
    }

    /**
     * Take what a worker sends, or see that it has died.
     *
     * @param worker the worker
     */
    void Receive(Iterator worker)
    {
        Head head{};
        WorkerPool::Outcome outcome{worker->task, false, {}};
        boost::system::error_code broken;
        asio::read(worker->socket, asio::buffer(&head, sizeof head), broken);
        outcome.failed = head.failed != 0;
        outcome.text.resize(head.size);
        if (!broken)
        {
            asio::read(worker->socket, asio::buffer(outcome.text), broken);
        }
        if (broken)
        {
            Replace(worker);
            return;
        }
        worker->timer.cancel();
        const auto task = m_leader.next(); // it works while the leader writes
        if (task && !worker->late)
        {
            HandOut(worker, *task);
        }
        else
        {
            Retire(worker);
            if (task)
            {
                Start(*task); // it was killed in the moment of its answer
            }
        }
        m_leader.ended(outcome);
        StopIfDone();
    }

    /**
     * A worker has died: its task has failed, another worker goes on.
     *
     * @param worker the worker
     */
    void Replace(Iterator worker)
    {
        worker->timer.cancel();
        int status = 0;
        waitpid(worker->process, &status, 0);
        std::ostringstream reason;
        if (worker->late)
        {
            reason << "took longer than " << m_timeout << " s";
        }
        else if (WIFSIGNALED(status))
        {
            reason << "killed by signal " << WTERMSIG(status) << " (" << strsignal(WTERMSIG(status))
                   << ")";
        }
        else
        {
            reason << "ended with exit code " << WEXITSTATUS(status);
        }
        const std::string last = GetLastLine(worker->log);
        reason << (last.empty() ? "" : ": ") << last;
        const uint64_t task = worker->task;
        std::fclose(worker->log);
        m_workers.erase(worker);
        m_leader.ended({task, true, reason.str()});
        if (const auto next = m_leader.next())
        {
            Start(*next);
        }
        StopIfDone();
    }

    /**
     * End a worker that has nothing to do.
     *
     * @param worker the worker
     */
    void Retire(Iterator worker)
    {
        worker->timer.cancel();
        worker->socket.close();
        waitpid(worker->process, nullptr, 0);
        std::fclose(worker->log);
        m_workers.erase(worker);
    }

    /**
     * Stop when there is nobody left to wait for.
     */
    void StopIfDone()
    {
        if (m_workers.empty())
        {
            m_io.stop();
        }
    }

    /**
     * @param log what a worker wrote to stderr
     * @return the last line of it
     */
    static std::string GetLastLine(std::FILE* log)
    {
        constexpr long most = 1000;
        std::fseek(log, 0, SEEK_END);
        std::fseek(log, std::max(0L, std::ftell(log) - most), SEEK_SET);
        std::string text(most, '\0');
        text.resize(std::fread(text.data(), 1, text.size(), log));
        text.erase(std::min(text.size(), text.rfind("terminate called"))); // C++'s, after ns-3's
        text.erase(text.find_last_not_of(" \r\n") + 1);
        const std::size_t feed = text.rfind('\n');
        return feed == std::string::npos ? text : text.substr(feed + 1);
    }

    double m_timeout;                   //!< how long a task may take, in s
    const WorkerPool::Work& m_work;     //!< does a task
    const WorkerPool::Leader& m_leader; //!< what the leader does
    asio::io_context m_io;              //!< runs the handlers
    asio::signal_set m_signals;         //!< end the run
    asio::steady_timer m_tick;          //!< the leader's
    std::list<Worker> m_workers;        //!< who is at work
};

} // namespace

WorkerPool::WorkerPool(uint32_t jobs, double timeout, const Work& work)
    : m_jobs(jobs),
      m_timeout(timeout),
      m_work(work)
{
}

int
WorkerPool::Run(const Leader& leader) const
{
    Team team(m_timeout, m_work, leader);
    return team.Run(m_jobs);
}

} // namespace ns3
