#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A sweep as a Slurm job array, by examples/tfo-sweep.slurm: merged, its parts are what
# a single run brings. Runs a Slurm of its own, for any user, with all its files and the
# key of its messages in a temporary folder.
#
#   slurm-test.sh SWEEP MERGE
#
# Exit code 77: skipped, for lack of Slurm.

set -u
sweep=$1
merge=$2
PATH=$PATH:/usr/sbin:/sbin # the daemons are there
for program in munged slurmctld slurmd sbatch scancel scontrol sinfo squeue setpriv; do
    if ! command -v $program >/dev/null; then
        echo "SKIPPED: there is no $program; needs munge and Slurm" >&2
        exit 77
    fi
done
# Slurm's lookups fail where IPv4 has the loopback alone, and so does this one.
if ! getent ahostsv4 127.0.0.1 >/dev/null; then
    echo "SKIPPED: Slurm needs a network, there is the loopback alone" >&2
    exit 77
fi
# Settings of a cluster that this test may run on stay out.
unset TFO TFO_PARTS $(env | sed -n 's/^\(\(SLURM\|SBATCH\|SCANCEL\|SINFO\|SQUEUE\)[A-Z_]*\)=.*/\1/p')
. "$(dirname "$0")/parts.sh"

# --- A cluster of one node ---------------------------------------------------------

# A pair of ports for each process, between those of common services and those that
# connections are given; the first pair that nobody uses
port=$((20000 + $$ % 5000 * 2))
while grep -qsE "$(printf ':(%04X|%04X) ' $port $((port + 1)))" /proc/net/tcp /proc/net/tcp6; do
    port=$((port + 2))
done

host=$(uname -n)
host=${host%%.*}
user=$(id -un)
export SLURM_CONF="$dir/slurm.conf"
mkdir "$dir/state" "$dir/spool"
cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$dir/munge
CredType=cred/munge
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
KillWait=1
SchedulerParameters=batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
NodeName=here NodeHostname=$host NodeAddr=127.0.0.1 CPUs=3
PartitionName=test Nodes=here Default=YES
CONF
# Unused with proctrack/pgid, but slurmd loads one, and that for version 2 needs systemd.
echo "CgroupPlugin=cgroup/v1" >"$dir/cgroup.conf"

# Processes of this cluster, those of its jobs included
processes()
{
    env -u SLURM_CONF grep -lsF "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ | tr -cd '0-9\n'
}

killed()
{
    pids=$(processes)
    [ -z "$pids" ] || ! kill -KILL $pids 2>/dev/null
}

# until_true SECONDS COMMAND...: try again and again, for so long
until_true()
{
    deadline=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -le $deadline ] || return 1
        sleep 0.1
    done
}

stop()
{
    trap '' HUP INT TERM
    until_true 10 killed
    rm -rf "$dir"
}
trap stop EXIT

# daemon COMMAND...: start a daemon in the background; it dies with this shell, even
# where that cannot clean up
daemon()
{
    setpriv --pdeathsig KILL "$@" >"$dir/$1.log" 2>&1 &
}

# give_up TEXT: end the test, with what the daemons said
give_up()
{
    tail -n 15 "$dir"/*.log >&2
    check "$1" false
    conclude
    exit
}

idle()
{
    [ "$(timeout 2 sinfo -h -o %T 2>/dev/null)" = idle ]
}

(umask 077 && head -c 1024 /dev/urandom >"$dir/key")
daemon munged --foreground --force --socket="$dir/munge" --key-file="$dir/key" \
    --seed-file="$dir/seed" --pid-file="$dir/munged.pid" --log-file="$dir/munge.log"
until_true 20 [ -S "$dir/munge" ] || give_up "munged starts"
daemon slurmctld -D
daemon slurmd -D
until_true 40 idle || give_up "Slurm starts"

# --- Job arrays ---------------------------------------------------------------------

ended()
{
    left=$(timeout 5 squeue -h -j "$job" 2>"$dir/err") && [ -z "$left" ]
}

# submit STATES ARGS: submit, and wait for the end of all tasks; these are their states
# then, and $logs what they wrote
submit()
{
    states=$1
    shift
    job=$(timeout 20 sbatch --parsable "$@") || give_up "sbatch takes a job"
    until_true 60 ended || give_up "job $job ends"
    logs=$(echo slurm-"$job"_*.out)
    got=$(squeue -h -r -t all -j "$job" -o %T | sort | uniq -c | tr -s '\n ' ' ')
    if [ "$got" != " $states " ]; then
        echo "job $job:$got" >&2
        cat $logs >&2
        return 1
    fi
}

script=examples/tfo-sweep.slurm
check "a job array ends well" submit "3 COMPLETED" --array=1-3 $script $grid --out=parts
check "a part is what its task wrote" grep -q '^parts/part-2: 3 points in ' slurm-${job}_2.out
check "part 1 has its points" points 0 3 6 <parts/part-1/points.csv
check "part 2 has its points" points 1 4 7 <parts/part-2/points.csv
check "part 3 has its points" points 2 5 <parts/part-3/points.csv
check "merged, the parts are the single run" whole parts/all parts/part-*

rm -r parts/part-2
check "merge says which points are missing" \
    refuses 1 ' 3 points are missing: 1, 4, 7;' "$merge" --out=parts/some parts/part-*
check "the job array, once more" submit "3 COMPLETED" --array=1-3 $script $grid --out=parts
check "brings the part that is missing, and that alone" \
    [ "$(grep -l 'nothing is left to do' $logs | tr -d '\n')" = slurm-${job}_1.outslurm-${job}_3.out ]
check "merged, the parts are the single run again" whole parts/again parts/part-*

# From another folder; one task alone
mkdir "$dir/elsewhere"
cp -r parts "$dir/elsewhere"
cd "$dir/elsewhere" || exit 1
rm -r parts/part-3
export TFO="$project" TFO_PARTS=3
check "a task alone" submit "1 COMPLETED" --array=3 --cpus-per-task=2 \
    "$project/$script" $grid --out=parts
unset TFO TFO_PARTS
check "brings its part" whole parts/third parts/part-*
check "without the program a task fails" \
    submit "1 FAILED" --array=1 "$project/$script" $grid --out=parts
check "and says where it looked" \
    grep -qF "there is no $dir/elsewhere/build/bin/tfo-sweep: run ./tfo build first" $logs

# A task that is requeued while it runs. Slurm then holds it back for two minutes, since
# the node refuses credentials of the second in which it was killed; two seconds will do.
begun()
{
    grep -qs '^[0-9]*,done' long/part-1/points.csv
}
pending()
{
    [ "$(squeue -h -j "$job" -o %T)" = PENDING ]
}
resumed()
{
    grep -qs 'points are there already' slurm-"${job}"_1.out
}
job=$(TFO="$project" sbatch --parsable --array=1 "$project/$script" \
    --rtt=20ms:400ms:1ms --runs=20 --out=long) || give_up "sbatch takes a job"
check "a long task begins" until_true 60 begun
scontrol requeue "${job}_1"
check "it can be requeued" until_true 60 pending
sleep 2
scontrol update JobId="${job}_1" StartTime=now
check "a requeued task goes on where it was" until_true 60 resumed
check "after it was interrupted" grep -q 'interrupted with' slurm-"${job}"_1.out
scancel "$job"
check "it can be cancelled" until_true 60 ended

# --- The script alone -----------------------------------------------------------------

# task ID MIN MAX COUNT ARGS: the script as Slurm would run it
task()
{
    vars="SLURM_ARRAY_TASK_ID=$1 SLURM_ARRAY_TASK_MIN=$2 SLURM_ARRAY_TASK_MAX=$3"
    vars="$vars SLURM_ARRAY_TASK_COUNT=$4"
    shift 4
    env $vars SLURM_SUBMIT_DIR="$project" "$project/$script" "$@"
}

# With a program that tells its arguments, a line each
mkdir -p "$dir/teller/build/bin"
printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >"$dir/teller/build/bin/tfo-sweep"
chmod +x "$dir/teller/build/bin/tfo-sweep"
told=$(SLURM_CPUS_PER_TASK=8 TFO="$dir/teller" task 2 1 3 3 --out=a --grid="my grid" --out=b | tr '\n' ' ')
check "a worker for each CPU, the user's flags, then the part" \
    [ "$told" = "--jobs=8 --out=a --grid=my grid --out=b --shard=2/3 --out=b/part-2 " ]

# What is wrong is said in one line.
check "a job that is no array" refuses 125 "not a job array" "$project/$script" $grid --out=x
check "tasks from 0" refuses 125 "needs --array=1-N" task 0 0 2 3 $grid --out=x
check "task 0 and others" refuses 125 "needs --array=1-N" task 2 0 2 2 $grid --out=x
check "some of the tasks" refuses 125 "needs --array=1-N" task 3 3 3 1 $grid --out=x
check "tasks with gaps" refuses 125 "needs --array=1-N" task 1 1 5 3 $grid --out=x
check "no folder" refuses 125 "needs --out=DIR" task 1 1 3 3 $grid
check "a wrong flag" refuses 125 "tfo-sweep: --rtt=x" task 1 1 3 3 --rtt=x --out=x
check "other flags than before" refuses 125 "holds another sweep" task 1 1 3 3 --out=parts
check "another number of tasks than before" \
    refuses 125 "holds another sweep, where --shard is 1/3, not 1/4" task 1 1 4 4 $grid --out=parts
check "none of them wrote anything" [ ! -e x ]

conclude
